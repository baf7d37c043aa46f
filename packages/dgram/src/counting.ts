import { getSystemErrorName } from 'node:util'
import type { PeerStats } from '@udpng/basic-peer'
import type { Handle } from './handle.js'

/** Counts the datagrams that a bound socket sends, if `node:dgram` serves it. */
export function countSent(handle: Handle, stats: PeerStats): void {
  const send = handle.send.bind(handle)
  handle.send = (request, list, length, ...rest) => {
    const bytes = list.reduce((sum, { byteLength }) => sum + byteLength, 0)
    const settle = (status: number): void => {
      if (status < 0) {
        const code = getSystemErrorName(status)
        stats.failed[code] = (stats.failed[code] ?? 0) + 1
      } else {
        stats.sent++
        stats.sentBytes += bytes
      }
    }
    const status = send(request, list, length, ...rest)
    const { oncomplete } = request
    // 0: libuv has queued it, and calls `oncomplete` later, if there is one.
    if (status !== 0 || !oncomplete) settle(status)
    else
      request.oncomplete = (outcome, sent) => {
        settle(outcome)
        oncomplete.call(request, outcome, sent)
      }
    return status
  }
}

/** Counts the datagrams that it receives. */
export function countReceived(handle: Handle, stats: PeerStats): void {
  const { onmessage } = handle
  handle.onmessage = (bytes, ...rest) => {
    if (bytes < 0) stats.receiveErrors++
    else {
      stats.received++
      stats.receivedBytes += bytes
    }
    onmessage(bytes, ...rest)
  }
}
