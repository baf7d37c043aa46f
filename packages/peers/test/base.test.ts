import { BasicPeer, ReceivingPeer } from '@udpng/basic-peer'
import { Box, Component } from '@udpng/core'
import { PostboxPeer, SimplePeer, TargettedPeer, UDPReceiver, UDPSender } from '@udpng/peers'
import { describe, expect, it } from 'vitest'

/** What only BasicPeer has, of its own or from SocketOwner below it, or ReceivingPeer, its half that reads. */
const once = [
  'main',
  'onEnd',
  'setupSelector',
  'safeBind',
  'sendLoop',
  'safeSend',
  'recvLoop',
  'safeRecv',
  'address',
]

const peers = { SimplePeer, TargettedPeer, PostboxPeer, UDPSender, UDPReceiver }

describe.each(Object.entries(peers))('%s', (_, Peer) => {
  it('BAS-01 is a BasicPeer, and so a Component', () => {
    const peer = Reflect.construct(Peer, [])
    expect(peer).toBeInstanceOf(BasicPeer)
    expect(peer).toBeInstanceOf(Component)
    expect([BasicPeer, ReceivingPeer]).toContain(Object.getPrototypeOf(Peer))
  })

  it('BAS-01 says of each box what it carries', () => {
    const boxes = Object.values(Reflect.construct(Peer, [])).filter((field) => field instanceof Box)
    expect(boxes.length).toBeGreaterThan(3)
    for (const { doc } of boxes) expect(doc).toMatch(/^\S.{3}/)
  })

  it('BAS-01 leaves the socket, the loop and the shutdown rules to BasicPeer', () => {
    const own = Object.getOwnPropertyNames(Peer.prototype)
    expect(own.filter((name) => once.includes(name))).toEqual([])
    const base: string[] = []
    let prototype: object = ReceivingPeer.prototype
    for (; prototype !== Component.prototype; prototype = Object.getPrototypeOf(prototype))
      base.push(...Object.getOwnPropertyNames(prototype))
    expect(once.filter((name) => !base.includes(name))).toEqual([])
  })
})
