import { Buffer } from 'node:buffer'
import { type Conditions, Path, type Random } from '@udpng/simulation'
import type { Impairment } from './bound-channel.js'
import { bytesOf } from './bytes-of.js'
import type { Handle, SendRequest } from './handle.js'

/**
 * Impairs what goes through a handle. The program sees each send succeed. A handle with datagrams under way is closed when the last one is sent.
 *
 * @throws {UdpngError} `BAD_OPTION` for an unknown or invalid condition
 */
export function impair(handle: Handle, conditions: Conditions, random: Random): Impairment {
  const outward = new Path(random.fork('sent'), conditions)
  const inward = new Path(random.fork('received'), conditions)
  const send = handle.send.bind(handle)
  const close = handle.close.bind(handle)
  const { onmessage } = handle
  let underWay = 0
  let isClosed = false
  let finish = (): void => {}

  handle.send = (request, list, _, ...rest) => {
    // Node.js aborts for a request that is not of its class.
    const Request = request.constructor as new () => SendRequest
    const destination = rest.slice(0, -1)
    const data = Buffer.concat(list.map(bytesOf)) // a copy, as the program may change the original
    for (const passage of outward.pass(data, performance.now())) {
      const go = (): void => void send(new Request(), [passage.data], 1, ...destination, false)
      if (passage.afterMs === 0) {
        go()
        continue
      }
      underWay++
      setTimeout(() => {
        go()
        underWay--
        if (underWay === 0) finish()
      }, passage.afterMs)
    }
    return data.length + 1 // libuv's answer for a datagram that was sent at once
  }

  handle.onmessage = (bytes, same, data, from) => {
    if (isClosed) return
    if (!data) return onmessage(bytes, same, data, from)
    for (const passage of inward.pass(data, performance.now())) {
      const copy = passage.data === data ? data : Buffer.from(passage.data.buffer as ArrayBuffer)
      const give = (): void => {
        if (!isClosed) onmessage(copy.length, same, copy, from && { ...from })
      }
      if (passage.afterMs === 0) give()
      else setTimeout(give, passage.afterMs).unref()
    }
  }

  handle.close = (callback) => {
    isClosed = true
    if (underWay === 0) close(callback)
    else finish = () => close(callback)
  }

  return { sent: outward.stats, received: inward.stats }
}
