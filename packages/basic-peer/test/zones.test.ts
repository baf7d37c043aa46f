import { networkInterfaces } from 'node:os'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { zoneName, zoneNumber } from '../src/zones.js'

vi.mock('node:os', async (original) => {
  const os = await original<typeof import('node:os')>()
  return { ...os, networkInterfaces: vi.fn(os.networkInterfaces) }
})

describe('the zone of an address', () => {
  const at = (scopeid: number | undefined) => ({ scopeid }) as never
  const interfaces = { lo: [at(0), at(undefined)], eth0: [at(0), at(7)], gone: undefined }

  it('is an interface by number or by name', () => {
    vi.mocked(networkInterfaces).mockReturnValue(interfaces)
    onTestFinished(() => void vi.mocked(networkInterfaces).mockReset())
    expect(['eth0', '7', '007', '8', 'lo', 'gone', 'none'].map(zoneNumber)).toEqual(
      ['7', '7', '7', '8', 'lo', 'gone', 'none'], //
    )
    expect(['eth0', '7', 'lo', 'gone', '8', 'none', ''].map(zoneName)).toEqual(
      ['eth0', 'eth0', 'lo', 'gone', undefined, undefined, undefined], //
    )
  })
})
