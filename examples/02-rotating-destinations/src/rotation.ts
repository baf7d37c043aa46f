import { type Address, Component, Graphline, type Main, Outbox, TargettedPeer } from 'udpng'

/** Sends one destination after the other, one each second, over and over again. */
class DestinationSelector extends Component {
  readonly outbox: Outbox<Address> = new Outbox('The next destination')
  readonly #destinations: readonly Address[]

  constructor(destinations: readonly Address[]) {
    super()
    this.#destinations = destinations
  }

  override *main(): Main {
    for (;;)
      for (const destination of this.#destinations) {
        this.outbox.send(destination)
        yield* this.sleep(1000)
      }
  }
}

/** Whatever makes the text to send. */
export interface Source extends Component {
  readonly outbox: Outbox<string>
}

/** Sends what the source makes for one second to one destination, then for one second to the next, and so on. */
export function rotate(source: Source, destinations: readonly Address[]): Component {
  return new Graphline(
    {
      SOURCE: source,
      SELECT: new DestinationSelector(destinations),
      UDP: new TargettedPeer(),
    },
    { 'SOURCE.outbox': 'UDP.inbox', 'SELECT.outbox': 'UDP.target' },
  )
}
