import type { PeerStats } from '@udpng/basic-peer'
import { PostboxPeer, type PostboxPeerOptions } from '@udpng/peers'

/** A peer of one source of a relay, which at its end tells what it counted: nobody keeps it longer than that. */
export class Uplink extends PostboxPeer {
  readonly #onCounted: (stats: Readonly<PeerStats>) => void

  constructor(options: PostboxPeerOptions, onCounted: (stats: Readonly<PeerStats>) => void) {
    super(options)
    this.#onCounted = onCounted
  }

  protected override onEnd(): void {
    super.onEnd()
    this.#onCounted(this.stats)
  }
}
