import {
  type DatagramTransport,
  dgramTransport,
  type OpenOptions,
  type TransportChoice,
} from '@udpng/basic-peer'
import { Scheduler } from '@udpng/core'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { FakeTransport } from './fake-transport.js'
import { Probe, type ProbeOptions, refusal } from './probe.js'

/** What `@udpng/native` is here: not there, as long as a test does not say otherwise. */
const native = vi.hoisted(() => ({
  load: (): { nativeTransport(): unknown } => {
    throw new Error('not set')
  },
}))

vi.mock('node:module', async (original) => ({
  ...(await original<typeof import('node:module')>()),
  createRequire: () => (name: string) => {
    expect(name).toBe('@udpng/native')
    return native.load()
  },
}))

const dgram = new FakeTransport()

beforeEach(() => {
  vi.stubEnv('UDPNG_TRANSPORT', undefined)
  vi.spyOn(dgramTransport, 'open').mockImplementation((options) => dgram.open(options))
  native.load = () => {
    throw Object.assign(new Error("Cannot find module '@udpng/native'"), {
      code: 'MODULE_NOT_FOUND',
    })
  }
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

/** Installs a native transport. */
function install(): FakeTransport {
  const transport = new FakeTransport()
  native.load = () => ({ nativeTransport: () => transport })
  return transport
}

/** Which of these transports a peer opens its socket with. */
async function chosen(
  options: ProbeOptions,
  candidates: Record<string, FakeTransport>,
): Promise<string[]> {
  const all = { ...candidates, dgram }
  const before = Object.values(all).map(({ opened }) => opened.length)
  const scheduler = new Scheduler()
  onTestFinished(() => scheduler.stop())
  const peer = scheduler.activate(new Probe(options))
  const run = scheduler.run()
  await Promise.race([peer.bound, run])
  return Object.entries(all)
    .filter(([, { opened }], i) => opened.length !== before[i])
    .map(([name]) => name)
}

describe('the choice of a transport', () => {
  it('TRN-06 "dgram" and "native" are taken at their word, whatever the environment says', async () => {
    const transports = { native: install() }
    for (const word of [undefined, 'dgram', 'native', 'auto', 'nonsense']) {
      vi.stubEnv('UDPNG_TRANSPORT', word)
      expect(await chosen({ transport: 'dgram' }, transports)).toEqual(['dgram'])
      expect(await chosen({ transport: 'native' }, transports)).toEqual(['native'])
    }
  })

  it('TRN-06 an object, or a function, with open() is a custom transport, whatever the environment says', async () => {
    const own = new FakeTransport()
    const callable: DatagramTransport = Object.assign(() => {}, {
      open: (options: OpenOptions) => own.open(options),
    })
    const transports = { own, native: install() }
    for (const word of [undefined, 'dgram', 'nonsense']) {
      vi.stubEnv('UDPNG_TRANSPORT', word)
      expect(await chosen({ transport: own }, transports)).toEqual(['own'])
      expect(await chosen({ transport: callable }, transports)).toEqual(['own'])
    }
  })

  it.each([{ transport: 'auto' } as const, {}, { transport: undefined }])(
    'TRN-06 with %o, UDPNG_TRANSPORT decides',
    async (options: object) => {
      const transports = { native: install() }
      vi.stubEnv('UDPNG_TRANSPORT', 'dgram')
      expect(await chosen(options, transports)).toEqual(['dgram'])
      vi.stubEnv('UDPNG_TRANSPORT', 'native')
      expect(await chosen(options, transports)).toEqual(['native'])
      vi.stubEnv('UDPNG_TRANSPORT', 'auto')
      expect(await chosen(options, transports)).toEqual(['native'])
      vi.stubEnv('UDPNG_TRANSPORT', undefined)
      expect(await chosen(options, transports)).toEqual(['native'])
    },
  )

  it('TRN-06 "auto" falls back to dgram when there is no native transport, or it cannot serve', async () => {
    expect(await chosen({}, {})).toEqual(['dgram'])
    native.load = () => ({
      nativeTransport() {
        throw new Error('sendmmsg: ENOSYS')
      },
    })
    expect(await chosen({ transport: 'auto' }, {})).toEqual(['dgram'])
    vi.stubEnv('UDPNG_TRANSPORT', 'auto')
    expect(await chosen({}, {})).toEqual(['dgram'])
  })

  it('TRN-06 "native" that is not installed is a failed bind that says why', async () => {
    const peer = new Probe({ transport: 'native', localPort: 1501 })
    await expect(peer.run()).rejects.toMatchObject({
      code: 'BIND_FAILED',
      component: peer.name,
      message: expect.stringContaining("Cannot find module '@udpng/native'"),
      cause: { code: 'MODULE_NOT_FOUND' },
    })
    expect(dgram.opened.filter(({ port }) => port === 1501)).toEqual([])
  })

  it('TRN-06 "native" that cannot serve is a failed bind that says why, also by the environment', async () => {
    native.load = () => ({
      nativeTransport() {
        throw new Error('sendmmsg: ENOSYS')
      },
    })
    vi.stubEnv('UDPNG_TRANSPORT', 'native')
    await expect(new Probe().run()).rejects.toMatchObject({
      code: 'BIND_FAILED',
      message: expect.stringContaining('sendmmsg: ENOSYS'),
    })
  })

  it('TRN-06 OPT-10 any other value is refused in the constructor, the allowed ones named', () => {
    const allowed = '"auto", "native", "dgram" or a DatagramTransport'
    for (const transport of ['tcp', 'DGRAM', '', 7, null, {}, { open: true }]) {
      const error = refusal(() => new Probe({ transport: transport as TransportChoice }))
      expect(error).toMatchObject({ code: 'BAD_OPTION' })
      expect(error.message).toContain('transport is ')
      expect(error.message).toContain(allowed)
    }
    for (const word of ['tcp', 'DGRAM']) {
      vi.stubEnv('UDPNG_TRANSPORT', word)
      for (const options of [{}, { transport: 'auto' }] as const) {
        const error = refusal(() => new Probe(options))
        expect(error).toMatchObject({ code: 'BAD_OPTION' })
        expect(error.message).toBe(
          `cannot create Probe: UDPNG_TRANSPORT is "${word}"; it must be auto, native or dgram`,
        )
      }
    }
  })

  it('TRN-08 the peers of a scheduler look for a missing native once, and again in a new run', async () => {
    let looks = 0
    const missing = native.load
    native.load = () => {
      looks++
      return missing()
    }
    const scheduler = new Scheduler()
    onTestFinished(() => scheduler.stop())
    const start = async (options: ProbeOptions = {}): Promise<void> => {
      const peer = scheduler.activate(new Probe(options))
      void scheduler.run().catch(() => {})
      await peer.bound
    }
    for (let i = 0; i < 5; i++) await start()
    expect(looks).toBe(1)
    await expect(start({ transport: 'native' })).rejects.toMatchObject({ code: 'BIND_FAILED' })
    expect(looks).toBe(1)
    expect(await chosen({}, {})).toEqual(['dgram'])
    expect(looks).toBe(2)
  })

  it('TRN-08 any other failure to load it is not remembered', async () => {
    const scheduler = new Scheduler()
    onTestFinished(() => scheduler.stop())
    const start = async (): Promise<void> => {
      const peer = scheduler.activate(new Probe())
      void scheduler.run()
      await peer.bound
    }
    native.load = () => {
      throw Object.assign(new Error('too many open files'), { code: 'EMFILE' })
    }
    await start()
    const transport = install()
    await start()
    expect(transport.opened.length).toBe(1)
  })
})
