import type { Lookup } from '@udpng/basic-peer'

type Answer = Parameters<Lookup>[2]

/** A `lookup` whose answers a test gives itself. */
export class HandLookup {
  /** The requested names, in order. */
  readonly asked: string[] = []
  readonly #open: { readonly host: string; readonly answer: Answer }[] = []

  readonly lookup: Lookup = (host, _, answer) => {
    this.asked.push(host)
    this.#open.push({ host, answer })
  }

  /** Answers all open requests for this name. */
  answer(host: string, result: string | Error | undefined): void {
    for (const asked of this.#open.splice(0))
      if (asked.host !== host) this.#open.push(asked)
      else if (result instanceof Error) asked.answer(result)
      else asked.answer(null, result)
  }
}
