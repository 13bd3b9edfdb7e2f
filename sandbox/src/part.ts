/** Something that works with other parts: what it is given it keeps as `deps`. */
export abstract class Part<Deps> {
  protected readonly deps: Deps;

  constructor(deps: Deps) {
    this.deps = deps;
  }
}
