import * as node from 'node:dgram'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import * as ours from '../src/index.js'

/** A module that creates sockets. */
export interface Dgram {
  createSocket(options: node.SocketType | node.SocketOptions): node.Socket
}

/** The two modules that are compared. */
export const both: readonly (readonly [name: string, dgram: Dgram])[] = [
  ['node:dgram', node as Dgram],
  ['@udpng/dgram', ours],
]

/** A socket of `node:dgram`, or ours; closed at the end of the test. */
export function open(
  dgram: Dgram,
  type: node.SocketType | node.SocketOptions = 'udp4',
): node.Socket {
  const socket = dgram.createSocket(type)
  onTestFinished(() => {
    try {
      socket.close()
    } catch {
      // it is closed
    }
  })
  return socket
}

/** One that is bound to loopback, and its port. */
export async function bound(
  dgram: Dgram,
  options: node.SocketType | node.SocketOptions = 'udp4',
): Promise<readonly [socket: node.Socket, port: number]> {
  const socket = open(dgram, options)
  const type = typeof options === 'string' ? options : options.type
  socket.bind(0, type === 'udp6' ? '::1' : '127.0.0.1')
  await once(socket, 'listening')
  return [socket, socket.address().port]
}

/** The messages of a socket, as text, as they come. */
export function texts(socket: node.Socket): string[] {
  const got: string[] = []
  socket.on('message', (data) => void got.push(String(data)))
  return got
}
