import * as node from 'node:dgram'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect, it } from 'vitest'
import dgram, { createSocket, type RemoteInfo, Socket } from '../src/index.js'

/** Written for `node:dgram`: it compiles with either. */
function inNodesTypes(socket: node.Socket): node.Socket {
  return socket.on('message', (data: Buffer, from: node.RemoteInfo) => void [data, from.size])
}

it('DGR-13 a program that is typed for node:dgram compiles with this package', () => {
  const options: dgram.SocketOptions = { type: 'udp4' satisfies dgram.SocketType, reuseAddr: true }
  const socket: dgram.Socket = dgram.createSocket(options)
  const other: Socket = createSocket('udp6', (_: Buffer, from: RemoteInfo) => void from.port)
  const sockets: node.Socket[] = [inNodesTypes(socket), other]
  for (const each of sockets) {
    expect(each).toBeInstanceOf(Socket)
    expect(each).toBeInstanceOf(node.Socket)
    each.close()
  }
  expect(Object.keys(dgram).sort()).toEqual(['Socket', 'createSocket'])
})

it('DGR-13 all properties of its prototype can be read, and a socket be used while it is published', () => {
  const { prototype } = Socket
  for (const key of Reflect.ownKeys(prototype)) Reflect.get(prototype, key)
  const seen: unknown[] = []
  const look = (message: unknown): void => {
    seen.push((message as { socket: Socket }).socket.stats)
  }
  subscribe('udp.socket', look)
  createSocket('udp4').close()
  unsubscribe('udp.socket', look)
  expect(seen).toEqual([undefined])
})

it('DGR-13 the class can be extended, and called as a function, as that of node:dgram', () => {
  class Extended extends Socket {
    isExtended = true
  }
  const extended = new Extended('udp4')
  expect([extended.isExtended, extended.stats?.received]).toEqual([true, 0])
  extended.close()
  function Old(this: object): void {
    ;(Socket as unknown as (this: object, type: string) => void).call(this, 'udp4')
  }
  Object.setPrototypeOf(Old.prototype, Socket.prototype)
  const old = new (Old as unknown as new () => Socket)()
  expect(old).toBeInstanceOf(Socket)
  expect(old.stats?.sent).toBe(0)
  old.close()
  expect(String(Socket.name)).toBe('Socket')
})
