import type { Lookup } from '@udpng/basic-peer'

type Answer = Parameters<Lookup>[2]

/** Look-ups that a test answers by hand. */
export class HandLookup {
  /** The names it was asked for, in order. */
  readonly asked: string[] = []
  readonly #open: { readonly host: string; readonly answer: Answer }[] = []

  readonly lookup: Lookup = (host, _, answer) => {
    this.asked.push(host)
    this.#open.push({ host, answer })
  }

  /** Answers those who asked for this name and have no answer yet. */
  answer(host: string, result: string | Error | undefined): void {
    for (const asked of this.#open.splice(0))
      if (asked.host !== host) this.#open.push(asked)
      else if (result instanceof Error) asked.answer(result)
      else asked.answer(null, result)
  }
}
