import { type Address, Component, Graphline, type Main, Outbox, TargettedPeer } from 'udpng'

/** Sends the destinations in turn, one per second, in an endless cycle. */
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

/** A component that sends texts. */
export interface Source extends Component {
  readonly outbox: Outbox<string>
}

/** Sends the texts of the source to each destination in turn, for one second each. */
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
