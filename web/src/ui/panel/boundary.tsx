import { Component, type ReactNode } from 'react';
import { Problem } from '../problem/problem.tsx';

interface Props {
  children: ReactNode;
  /** Another place: what failed there is forgotten. */
  place?: string | undefined;
}

/** What breaks inside breaks alone, and can be tried again. */
export class Boundary extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error: error ?? new Error('unknown') };
  }

  override componentDidUpdate(before: Props): void {
    if (before.place !== this.props.place && this.state.error !== undefined)
      this.setState({ error: undefined });
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return <Problem error={error} again={() => this.setState({ error: undefined })} />;
  }
}
