import { Buffer } from 'node:buffer' // a global is looked up each time
import type { DatagramDetails } from '@udpng/datagram'
import {
  type Addon,
  DETAIL_BYTES,
  DETAIL_FLAGS_AT,
  DETAIL_TIME_AT,
  ECN,
  MAX_SLOTS,
  NAME_BYTES,
  UNICAST,
} from './addon.js'

/** Capacity of the cache of places; when it is full, it is cleared. */
const MAX_PLACES = 1024

/** An address of this host, and the interface that a datagram to it arrived on. */
type Place = Pick<DatagramDetails, 'local' | 'interface'>

/** Turns the details of datagrams, as the addon writes them, into objects. */
export class Details {
  /** The memory that the addon writes to: `DETAIL_BYTES` for each slot. */
  readonly bytes: Buffer = Buffer.from(new ArrayBuffer(MAX_SLOTS * DETAIL_BYTES))
  readonly #ints = new Int32Array(this.bytes.buffer)
  readonly #times = new Float64Array(this.bytes.buffer)
  readonly #places = new Map<string, Place>()

  /** Returns the details of a slot, which all of its datagrams share. */
  of(slot: number, addon: Pick<Addon, 'hostOf' | 'interfaceOf'>): DatagramDetails {
    const at = slot * DETAIL_BYTES
    const { local, interface: name } = this.#placeAt(at, addon)
    const flags = this.#ints[(at + DETAIL_FLAGS_AT) / 4] as number
    return Object.freeze({
      local,
      unicast: (flags & UNICAST) > 0,
      interface: name,
      receivedAt: this.#times[(at + DETAIL_TIME_AT) / 8] as number,
      ecn: (flags & ECN) as DatagramDetails['ecn'],
    })
  }

  /** There are few: their texts are cached. */
  #placeAt(at: number, addon: Pick<Addon, 'hostOf' | 'interfaceOf'>): Place {
    const key = this.bytes.toString('latin1', at, at + DETAIL_FLAGS_AT)
    let place = this.#places.get(key)
    if (!place) {
      if (this.#places.size === MAX_PLACES) this.#places.clear()
      const index = this.#ints[(at + NAME_BYTES) / 4] as number
      place = {
        local: addon.hostOf(this.bytes.subarray(at, at + NAME_BYTES), 0),
        interface: addon.interfaceOf(index),
      }
      this.#places.set(key, place)
    }
    return place
  }
}
