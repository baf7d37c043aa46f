import { Component, type ComponentChild, type ComponentClass } from 'preact'

/** A view that is drawn again only when one of its properties is another one. */
export function pure<P extends object>(view: (props: P) => ComponentChild): ComponentClass<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const before = this.props as Readonly<Record<string, unknown>>
      return Object.entries(next).some(([key, value]) => before[key] !== value)
    }

    override render(props: P): ComponentChild {
      return view(props)
    }
  }
}
