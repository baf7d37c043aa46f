import { PostboxPeer, type PostboxPeerOptions } from '@udpng/peers'

/** A peer of one client of a relay, which reports its end: it is not kept longer than that. */
export class Uplink extends PostboxPeer {
  readonly #onEnded: () => void

  constructor(options: PostboxPeerOptions, onEnded: () => void) {
    super(options)
    this.#onEnded = onEnded
  }

  protected override onEnd(): void {
    super.onEnd()
    this.#onEnded()
  }
}
