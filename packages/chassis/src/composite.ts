import {
  Component,
  type Control,
  type Inbox,
  type Main,
  shutdownMicroprocess,
  UdpngError,
} from '@udpng/core'
import { mustBe, show } from '@udpng/core/options'

declare const composed: unique symbol

/** The public type of a composite: a component with `main`, and with boxes that the compiler knows. */
export interface Composed extends Component {
  /** Exists only for the compiler, which otherwise could not distinguish a composite without boxes from `Component`. */
  readonly [composed]?: never
  main(): Main
}

/** Whether the compiler does not know the boxes of a component, because its type is `Component` itself. */
export type IsWide<C> = Component extends C
  ? typeof composed extends keyof C
    ? false
    : true
  : false

/** A part and its names. */
export interface Named {
  readonly part: Component
  /** In errors: `part UDP`. */
  readonly label: string
  /** Its key in the graph; a stage of a pipeline has none. */
  readonly name?: string
  /** Its label in accounts: `UDP`, `Transformer#2`. */
  readonly group: string
}

type Called = Pick<Named, 'name' | 'group'>

/** A part, and its box for control messages. */
export interface Recipient {
  readonly part: Component
  readonly box: Inbox<Control>
}

/**
 * Runs components as one component: starts them, passes them the messages of its `control`, and
 * ends when all of them have ended.
 */
export abstract class Composite extends Component {
  readonly #names = new Map<Component, Called>()
  /** What joins boxes of parts. They end by themselves when the parts have ended. */
  readonly #junctions = new Map<Component, Called>()
  /** Its own signal. A subclass may expose a part's instead; then this one stays unused. */
  readonly #signal = this.signal

  /**
   * @param parts - the parts, in the order in which they start
   * @throws {UdpngError} `BAD_OPTION` for a value that is not a component, and for a component given twice
   */
  constructor(parts: readonly Named[]) {
    super()
    const labels = new Map<Component, string>()
    for (const { part, label, ...called } of parts) {
      if (!(part instanceof Component))
        throw new UdpngError(
          'BAD_OPTION',
          `cannot create ${this.constructor.name}: ${label} is ${show(part)}; ${mustBe('a component', part)}`,
        )
      const other = labels.get(part)
      if (other)
        throw new UdpngError(
          'BAD_OPTION',
          `cannot create ${this.constructor.name}: ${other} and ${label} are the same ${part.name}; create one for each`,
        )
      labels.set(part, label)
      this.#names.set(part, called)
    }
  }

  /** Adds what joins boxes of parts. */
  protected addJunction(name: string, junction: Component): void {
    this.#junctions.set(junction, { name, group: name })
  }

  /** To be called when all parts are linked: from then on, it alone starts them. */
  protected reserveParts(): void {
    for (const part of this.#names.keys()) this.reserve(part)
  }

  /** Returns the inboxes that get the next control message. */
  protected abstract recipients(living: readonly Component[]): readonly Recipient[]

  override *main(): Main {
    try {
      this.#start()
    } catch (cause) {
      // The part whose signal it exposes has not started, and sends nothing.
      if (this.signal !== this.#signal && !this.signal.full)
        this.signal.send(shutdownMicroprocess({ cause }))
      throw cause
    }
    let living: readonly Component[] = [...this.#names.keys()]
    let shutdown: Control | undefined
    const notified = new Map<Component, Inbox<Control>>()
    for (;;) {
      // A message that a part left unread at its end may have been the shutdown, which then went no further.
      const lost = living.some(
        (part) => part.ended && (notified.get(part) ?? part.control).dropped > 0,
      )
      living = living.filter((part) => !part.ended)
      if (living.length === 0) {
        // Left unread in turn, so that the enclosing composite sees it.
        if (shutdown && lost && this.signal !== this.#signal) this.control.deliver(shutdown)
        return shutdown
      }
      if (shutdown && lost)
        for (const { part, box } of this.recipients(living))
          if (!notified.has(part)) {
            notified.set(part, box)
            box.deliver(shutdown)
          }
      for (const word of this.control)
        for (const { part, box } of this.recipients(living)) {
          if (isShutdown(word)) {
            shutdown ??= word
            notified.set(part, box)
          }
          box.deliver(word)
        }
      yield this.pause()
    }
  }

  /** Ends the parts that were never started. */
  protected override onEnd(): void {
    for (const [part, { group }] of [...this.#names, ...this.#junctions]) this.discard(part, group)
  }

  #start(): void {
    for (const [part, { name, group }] of [...this.#names, ...this.#junctions]) {
      // A running component keeps its parent, so this composite would not be notified of its end.
      if (part.activated && !part.ended)
        throw new UdpngError(
          'BAD_ACTIVATION',
          `${part.name} runs already; leave it to ${this.name} to start its parts`,
        )
      this.activate(part, name, group)
    }
  }
}

/** Any value can be put in control, even one that throws when it is read: `undefined`, or an object with a getter. */
function isShutdown(word: Control): boolean {
  try {
    return word.kind === 'shutdownMicroprocess'
  } catch {
    return false
  }
}
