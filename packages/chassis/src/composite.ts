import {
  Component,
  type Control,
  type Inbox,
  type Main,
  shutdownMicroprocess,
  UdpngError,
} from '@udpng/core'

/** What a composite is to its users: a component whose `main` is there. */
export interface Composed extends Component {
  main(): Main
}

/** A part, and what it is called. */
export interface Named {
  readonly part: Component
  /** In errors: `part UDP`. */
  readonly label: string
  /** In accounts: `UDP`. */
  readonly name: string
}

/** A part, and its box that control messages are put in. */
export interface Recipient {
  readonly part: Component
  readonly box: Inbox<Control>
}

/**
 * A component made of components: it starts them, hands them what arrives in its `control`, and
 * ends when all of them have.
 */
export abstract class Composite extends Component {
  readonly #names = new Map<Component, string>()
  /** Its own one. A subclass may share a part's instead, and then has nothing to say. */
  readonly #signal = this.signal

  /**
   * @param parts - in the order they start
   * @throws {UdpngError} `BAD_OPTION` for what is no component, and for one that is there twice
   */
  constructor(parts: readonly Named[]) {
    super()
    const labels = new Map<Component, string>()
    for (const { part, label, name } of parts) {
      if (!(part instanceof Component))
        throw new UdpngError(
          'BAD_OPTION',
          `${label} is ${String(part).slice(0, 40)}; it must be a component`,
        )
      const other = labels.get(part)
      if (other)
        throw new UdpngError(
          'BAD_OPTION',
          `${other} and ${label} are the same ${part.name}; make one for each`,
        )
      labels.set(part, label)
      this.#names.set(part, name)
    }
  }

  /** Who is to get a control message now. */
  protected abstract recipients(living: readonly Component[]): readonly Recipient[]

  override *main(): Main {
    try {
      this.#start()
    } catch (cause) {
      // The part whose signal it shows has not started, and says nothing.
      if (this.signal !== this.#signal && !this.signal.full)
        this.signal.send(shutdownMicroprocess({ cause }))
      throw cause
    }
    let living: readonly Component[] = [...this.#names.keys()]
    let shutdown: Control | undefined
    const told = new Map<Component, Inbox<Control>>()
    for (;;) {
      // What a part left unread when it ended may have been the shutdown, which then went no further.
      const lost = living.some((part) => part.ended && (told.get(part) ?? part.control).dropped > 0)
      living = living.filter((part) => !part.ended)
      if (living.length === 0) {
        // Left unread in turn, for the composite around this one to see.
        if (shutdown && lost && this.signal !== this.#signal) this.control.deliver(shutdown)
        return shutdown
      }
      if (shutdown && lost)
        for (const { part, box } of this.recipients(living))
          if (!told.has(part)) {
            told.set(part, box)
            box.deliver(shutdown)
          }
      for (const word of this.control)
        for (const { part, box } of this.recipients(living)) {
          if (isShutdown(word)) {
            shutdown ??= word
            told.set(part, box)
          }
          box.deliver(word)
        }
      yield this.pause()
    }
  }

  /** Parts that it did not start never will be. */
  protected override onEnd(): void {
    for (const [part, name] of this.#names) this.discard(part, name)
  }

  #start(): void {
    for (const [part, label] of this.#names) {
      const { name } = part
      // One that runs already keeps its name, and its parent: its end would not be heard here.
      if (this.activate(part, label).name === name)
        throw new UdpngError(
          'BAD_ACTIVATION',
          `${name} runs already; leave it to ${this.name} to start its parts`,
        )
    }
  }
}

/** Anything can be put in control, also what throws when it is looked at. */
function isShutdown(word: Control): boolean {
  try {
    return word?.kind === 'shutdownMicroprocess'
  } catch {
    return false
  }
}
