import { type Box, Component, type Control, Inbox, type Main, Outbox, Scheduler } from '@udpng/core'

/** A component whose thread is a function of the test, which may also touch what is protected. */
export class Part extends Component {
  readonly inbox: Inbox<unknown> = new Inbox('Anything')
  readonly outbox: Outbox<unknown> = new Outbox('Anything')
  /** Called by `onEnd`. */
  atEnd: () => void = () => {}
  readonly #thread: (part: Part) => Main

  /**
   * @param thread - what it does (default: it pauses forever, and reads nothing)
   * @param name - what it is called
   */
  constructor(thread: (part: Part) => Main = forever, name?: string) {
    super(name)
    this.#thread = thread
  }

  override *main(): Main {
    return yield* this.#thread(this)
  }

  override get scheduler(): Scheduler {
    return super.scheduler
  }

  override pause(ms?: number): undefined {
    super.pause(ms)
  }

  override sleep(ms: number): Generator<undefined, void, void> {
    return super.sleep(ms)
  }

  override until<T>(promise: PromiseLike<T>): Generator<undefined, T, void> {
    return super.until(promise)
  }

  override activate<C extends Component>(child: C, name?: string, group?: string): C {
    return super.activate(child, name, group)
  }

  override readControl(): Control | undefined {
    return super.readControl()
  }

  override adopt<B extends Box>(field: string, box: B): B {
    return super.adopt(field, box)
  }

  override release(box: Box): void {
    super.release(box)
  }

  override share(boxes: Readonly<Record<string, Box>>): void {
    super.share(boxes)
  }

  override onEnd(): void {
    this.atEnd()
  }
}

/** Pauses forever. */
export function* forever(part: Part): Main {
  for (;;) yield part.pause()
}

/** Pauses until a control message comes, and obeys. */
export function* obedient(part: Part): Main {
  while (!part.readControl()) yield part.pause()
}

/** Does one thing, and ends. */
export const doing = (act: (part: Part) => void) =>
  // biome-ignore lint/correctness/useYield: a thread of one step has no use for it
  function* (part: Part): Main {
    act(part)
  }

/** Notes `mark` at every step, and pauses. */
export const noting = (log: unknown[], mark: unknown = 'step') =>
  function* (part: Part): Main {
    for (;;) {
      log.push(mark)
      yield part.pause()
    }
  }

/** A scheduler with these components, to be stepped by hand. */
export function start(...parts: readonly Component[]): Scheduler {
  const scheduler = new Scheduler()
  for (const part of parts) scheduler.activate(part)
  return scheduler
}

/** Cycles by hand: by default enough for all to come to rest. */
export function cycles(scheduler: Scheduler, count = 20): void {
  for (let i = 0; i < count; i++) scheduler.step()
}

/** What is thrown. */
export function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (thrown) {
    return thrown
  }
  throw new Error('nothing was thrown')
}
