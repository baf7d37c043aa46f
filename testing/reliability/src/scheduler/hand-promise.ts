/** A promise that is settled by hand: those who wait are notified at once, inside the call that settles it. */
export class HandPromise implements PromiseLike<number> {
  readonly number: number
  #outcome: { readonly value: number } | { readonly error: unknown } | undefined
  readonly #waiting: (() => void)[] = []

  constructor(number: number) {
    this.number = number
  }

  get settled(): boolean {
    return this.#outcome !== undefined
  }

  // biome-ignore lint/suspicious/noThenProperty: it is what `until` takes
  then<A = number, B = never>(
    ok?: ((value: number) => A | PromiseLike<A>) | null,
    failed?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    const tell = (): void => {
      const outcome = this.#outcome as { value: number } | { error: unknown }
      if ('value' in outcome) ok?.(outcome.value)
      else failed?.(outcome.error)
    }
    if (this.#outcome) tell()
    else this.#waiting.push(tell)
    return undefined as never
  }

  settle(outcome: { readonly value: number } | { readonly error: unknown }): void {
    if (this.#outcome) return
    this.#outcome = outcome
    for (const tell of this.#waiting.splice(0)) tell()
  }
}
