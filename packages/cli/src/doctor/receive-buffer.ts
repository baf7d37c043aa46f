import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type Finding, showBytes } from './finding.js'

const ASKED_BYTES = 4_194_304

/** Requests a large receive buffer for a socket, and reads the granted size. */
export async function receiveBuffer(): Promise<Finding> {
  const name = 'receive buffer'
  const socket = createSocket('udp4')
  try {
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    let granted: number
    try {
      socket.setRecvBufferSize(ASKED_BYTES)
      granted = socket.getRecvBufferSize()
    } catch {
      granted = socket.getRecvBufferSize() // some systems refuse instead of giving less
    }
    // Linux reserves twice the requested size, and reports that.
    if (process.platform === 'linux') granted /= 2
    const value = `requested ${showBytes(ASKED_BYTES)}, got ${showBytes(granted)}`
    if (granted >= ASKED_BYTES) return { name, value, verdict: 'fine' }
    return {
      name,
      value,
      verdict: 'low',
      meaning: 'the kernel grants less than a program requests; peers then report BUFFER_CLAMPED',
      command:
        process.platform === 'linux'
          ? `sudo sysctl -w net.core.rmem_max=${ASKED_BYTES}`
          : `sudo sysctl -w kern.ipc.maxsockbuf=${2 * ASKED_BYTES}`,
    }
  } finally {
    socket.close()
  }
}
