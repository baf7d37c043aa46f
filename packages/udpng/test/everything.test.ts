import * as basicPeer from '@udpng/basic-peer'
import * as chassis from '@udpng/chassis'
import * as console from '@udpng/console'
import * as core from '@udpng/core'
import * as account from '@udpng/core/account'
import * as program from '@udpng/core/program'
import * as datagram from '@udpng/datagram'
import * as flow from '@udpng/flow'
import * as peers from '@udpng/peers'
import * as udpng from 'udpng'
import { describe, expect, expectTypeOf, it } from 'vitest'

const packages: Readonly<Record<string, object>> = {
  '@udpng/basic-peer': basicPeer,
  '@udpng/chassis': chassis,
  '@udpng/console': console,
  '@udpng/core': core,
  '@udpng/datagram': datagram,
  '@udpng/flow': flow,
  '@udpng/peers': peers,
}

describe('udpng', () => {
  it.each(Object.entries(packages))('PKG-05 re-exports all of %s, the very same', (_, all) => {
    expect(Object.keys(all)).not.toEqual([])
    const exported = new Map<string, unknown>(Object.entries(udpng))
    for (const [name, value] of Object.entries(all)) expect(exported.get(name), name).toBe(value)
  })

  it('PKG-05 exports nothing of its own', () => {
    const names = [...Object.values(packages), account, program].flatMap(Object.keys)
    expect(Object.keys(udpng).sort()).toEqual([...new Set(names)].sort())
  })

  it('PKG-05 calls Letter what PostboxPeer takes', () => {
    expectTypeOf<udpng.Letter>().toEqualTypeOf<datagram.Letter>()
    const peer = new udpng.PostboxPeer()
    expectTypeOf(peer.inbox.deliver).parameter(0).toEqualTypeOf<udpng.Letter>()
  })
})
