import { isPort } from '@udpng/datagram'
import { describe, expect, it } from 'vitest'

describe('isPort', () => {
  it('ADR-02 takes whole numbers from 0, or from 1, to 65535', () => {
    expect([0, 1, 80, 65535].map((port) => isPort(port))).toEqual([true, true, true, true])
    expect([0, 1, 65535].map((port) => isPort(port, 1))).toEqual([false, true, true])
    for (const port of [
      -1,
      65536,
      70000,
      80.5,
      NaN,
      Infinity,
      '80',
      null,
      undefined,
      80n,
      {},
      [80],
    ])
      expect([port, isPort(port)]).toEqual([port, false])
  })
})
