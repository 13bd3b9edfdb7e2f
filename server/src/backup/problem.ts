/** A backup or a restore that can't be done. The message is a sentence for the operator, ready to print. */
export class BackupProblem extends Error {
  override readonly name = 'BackupProblem';
}
