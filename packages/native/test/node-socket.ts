import { createSocket, type Socket } from 'node:dgram'
import { onTestFinished } from 'vitest'

/** A bound socket of `node:dgram` that does not read, its descriptor and its port; closed at the end of the test. */
export function nodeSocket(): { socket: Socket; fd: number; port: number } {
  const socket = createSocket({
    type: 'udp4',
    lookup: (_, __, answer) => answer(null, '127.0.0.1', 4), // at once, so that it is bound when `bind` returns
  })
  onTestFinished(() => void socket.close())
  socket.bind(0)
  const symbol = Object.getOwnPropertySymbols(socket).find((s) => s.description === 'state symbol')
  const { handle } = (
    socket as unknown as Record<symbol, { handle: { fd: number; recvStop(): void } }>
  )[symbol as symbol] as { handle: { fd: number; recvStop(): void } }
  handle.recvStop()
  return { socket, fd: handle.fd, port: socket.address().port }
}
