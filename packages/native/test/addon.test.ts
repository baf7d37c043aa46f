import { once } from 'node:events'
import { openSync, readdirSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { eventually, liveHeap, openSockets } from 'test-support'
import { describe, expect, it } from 'vitest'
import {
  type Addon,
  addonFile,
  DETAIL_BYTES,
  type Handle,
  loadAddon,
  MAX_SLOTS,
  NAME_BYTES,
  type Notify,
  PATH_NAME_BYTES,
  READABLE,
  ROW_INTS,
  SLOT_BYTES,
  SLOT_INTS,
} from '../src/addon.js'
import { available } from './available.js'
import { nodeSocket } from './node-socket.js'

const transport = available()
const addon = (transport ? loadAddon() : {}) as Addon

function open(family: 4 | 6 = 4, notify: Notify = () => {}): Handle {
  const handle = addon.open(family, notify)
  if (typeof handle === 'number') throw new Error(`no socket: ${handle}`)
  return handle
}

/** One that is bound to a port of loopback, and its name. */
function bound(notify?: Notify): readonly [handle: Handle, name: Uint8Array] {
  const handle = open(4, notify)
  const name = new Uint8Array(NAME_BYTES)
  addon.pack('127.0.0.1', 0, name, 0)
  addon.bind(handle, name)
  addon.nameOf(handle, name)
  return [handle, name]
}

const bytes = new Uint8Array(MAX_SLOTS * SLOT_BYTES)
const names = new Uint8Array(MAX_SLOTS * NAME_BYTES)
const slots = new Int32Array(MAX_SLOTS * SLOT_INTS)
const rows = new Int32Array(64 * ROW_INTS)
const none = new Uint8Array(0)

describe.skipIf(!transport)('wrong arguments', () => {
  const [handle, closed] = (transport ? [open(), open()] : []) as [Handle, Handle]
  if (transport) addon.close(closed)
  const detached = new Uint8Array(64)
  structuredClone(detached, { transfer: [detached.buffer] })

  /** Values that are wrong wherever something else is expected. */
  const wrong: unknown[] = [
    undefined,
    null,
    true,
    'text',
    Symbol('s'),
    {},
    [],
    () => {},
    Number.NaN,
    -1,
    1.5,
    2 ** 31,
    2 ** 32,
    Infinity,
    1n,
    closed,
    detached,
    new DataView(new ArrayBuffer(8)),
    new Float64Array(8),
    new ArrayBuffer(8),
    new Proxy({}, {}),
  ]

  const right: Readonly<Record<string, readonly unknown[]>> = {
    open: [4, () => {}],
    openUnix: [() => {}],
    adopt: [0, 4, () => {}],
    attach: [0, 4, () => {}],
    close: [handle],
    watch: [handle, 0],
    bind: [handle, names],
    connect: [handle, names],
    keepAlive: [handle, 1],
    nameOf: [handle, names],
    setOption: [handle, 1, 8, new Uint8Array(4)],
    getOption: [handle, 1, 8, new Uint8Array(4)],
    pack: ['127.0.0.1', 1500, names, 0],
    hostOf: [names, 0],
    packPath: ['/run/x', names, 0],
    pathOf: [names, 0],
    send: [handle, bytes, names, rows, 0, 1],
    receive: [handle, bytes, names, slots, 1, none],
    strideOf: [new Uint8Array(8), new Uint8Array(DETAIL_BYTES)],
    interfaceOf: [1],
    refusals: [handle, names, new Int32Array(1)],
  }

  it('NAT-18 every function of the addon is tried', () => {
    expect(Object.keys(right).sort()).toEqual(Object.keys(addon).sort())
  })

  it.each(Object.keys(right))('NAT-18 %s refuses too few arguments, and wrong ones', (name) => {
    const call = (...args: unknown[]): unknown =>
      (addon as unknown as Record<string, (...args: unknown[]) => unknown>)[name]?.(...args)
    const args = right[name] ?? []
    for (let count = 0; count < args.length; count++)
      expect(() => call(...args.slice(0, count))).toThrow(TypeError)
    for (const [at, good] of args.entries())
      for (const bad of wrong) {
        // A number may be right instead of a number, an empty array instead of an array.
        if (typeof bad === typeof good && typeof good !== 'object') continue
        if (bad === detached && good instanceof Uint8Array) continue
        const tried = args.map((good, i) => (i === at ? bad : good))
        expect(
          () => call(...tried),
          `${name}: argument ${at} is number ${wrong.indexOf(bad)}`,
        ).toThrow(TypeError)
      }
    for (const [at, good] of args.entries())
      if (typeof good === 'number')
        for (const bad of [Number.NaN, -1, 1.5, 2 ** 31, 2 ** 32, Infinity, -Infinity, 1e308])
          expect(() => call(...args.map((good, i) => (i === at ? bad : good)))).toThrow(TypeError)
  })

  it('NAT-18 what does not fit in its memory is refused', () => {
    const small = new Uint8Array(10)
    for (const row of [
      [0, 11, 0, 0],
      [10, 1, 0, 0],
      [-1, 1, 0, 0],
      [0, -1, 0, 0],
      [2 ** 31 - 1, 2 ** 31 - 1, 0, 0],
      [0, 1, -1, 0],
      [0, 1, 65_536, 0],
      [0, 1, 0, -1],
      [0, 1, 0, 64],
      [0, 1, 0, 2 ** 31 - 1],
      [0, 1, 0, 0, 0, -1],
      [0, 1, 0, 0, 0, 65],
      [0, 1, 0, 0, 0, 2 ** 31 - 1],
    ]) {
      const wrong = new Int32Array(ROW_INTS)
      wrong.set(row)
      expect(() => addon.send(handle, small, names, wrong, 0, 1)).toThrow(TypeError)
    }
    expect(() => addon.send(handle, bytes, names, new Int32Array(9), 0, 2)).toThrow(TypeError)
    expect(() => addon.send(handle, bytes, names, rows, 2, 1)).toThrow(TypeError)
    expect(() => addon.receive(handle, bytes.subarray(1), names, slots, MAX_SLOTS, none)).toThrow(
      TypeError,
    )
    expect(() => addon.receive(handle, bytes, names.subarray(1), slots, MAX_SLOTS, none)).toThrow(
      TypeError,
    )
    expect(() => addon.receive(handle, bytes, names, slots.subarray(1), MAX_SLOTS, none)).toThrow(
      TypeError,
    )
    expect(() => addon.receive(handle, bytes, names, slots, MAX_SLOTS + 1, none)).toThrow(TypeError)
    const few = new Uint8Array(2 * DETAIL_BYTES - 1)
    expect(() => addon.receive(handle, bytes, names, slots, 2, few)).toThrow(TypeError)
    expect(() => addon.strideOf(few, few.subarray(0, DETAIL_BYTES - 1))).toThrow(TypeError)
    expect(() => addon.strideOf(new Uint8Array(513), few)).toThrow(TypeError)
    expect(() => addon.interfaceOf(-1)).toThrow(TypeError)
    expect(() => addon.pack('127.0.0.1', 1, new Uint8Array(27), 0)).toThrow(TypeError)
    expect(() => addon.pack('127.0.0.1', 1, new Uint8Array(28), 1)).toThrow(TypeError)
    expect(() => addon.hostOf(new Uint8Array(27), 0)).toThrow(TypeError)
    expect(() => addon.bind(handle, new Uint8Array(27))).toThrow(TypeError)
  })

  it('NAT-18 an invalid or too long name is false', () => {
    for (const host of [
      '',
      'x',
      '1.2.3',
      '::g',
      'fe80::1%udpng9',
      `${'1'.repeat(1000)}.2.3.4`,
      '%',
      '::1%',
      `fe80::1%${'1'.padStart(55, '0')} and more than there is room for`,
      '127.0.0.1\0',
    ])
      expect(addon.pack(host, 1, names, 0), host).toBe(false)
    expect(addon.pack('fe80::1%1', 1, names, 0)).toBe(true)
  })

  it('NAT-18 a path that is too long, or has a zero, is false; others are read back', () => {
    const name = new Uint8Array(PATH_NAME_BYTES)
    const longest = 'x'.repeat(106)
    for (const path of ['/', '@', '', '/run/x', '@x', `/${longest}`, `@x${longest}`, '/ä€', 'x']) {
      expect(addon.packPath(path, name, 0), path).toBe(true)
      expect(addon.pathOf(name, 0)).toBe(path)
    }
    for (const path of [`/x${longest}`, `@xx${longest}`, `/${'€'.repeat(36)}`, '/a\0b', '@a\0'])
      expect(addon.packPath(path, name, 0), path).toBe(false)
    expect(addon.pathOf(name.fill(0), 0)).toBe('')
    const unix = addon.openUnix(() => {}) as Handle
    expect(() => addon.bind(unix, name.subarray(1))).toThrow(TypeError)
    expect(() => addon.packPath('/x', name, 1)).toThrow(TypeError)
    expect(() => addon.pathOf(name.subarray(1), 0)).toThrow(TypeError)
    expect(() => addon.receive(unix, bytes, name, slots, 2, none)).toThrow(TypeError)
    const row = Int32Array.of(0, 1, 0, 1, 0, 0)
    expect(() => addon.send(unix, bytes, name, row, 0, 1)).toThrow(TypeError)
    addon.close(unix)
  })

  it('NAT-18 whatever the bytes of a Unix address, it is read', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 110, maxLength: 110 }),
        fc.nat(70_000),
        (made, length) => {
          const name = Buffer.alloc(PATH_NAME_BYTES)
          name.set(made)
          name.writeUInt16LE(1) // AF_UNIX
          name.writeUInt16LE(length & 0xffff, 110)
          expect(typeof addon.pathOf(name, 0)).toBe('string')
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('NAT-18 of 1025 rows of which the last one is wrong, none is sent', async () => {
    let notices = 0
    const [receiver, there] = bound(() => notices++)
    const run = new Int32Array(1025 * ROW_INTS)
    run[1024 * ROW_INTS] = -1
    expect(() => addon.send(handle, bytes, there, run, 0, 1025)).toThrow(TypeError)
    addon.watch(receiver, READABLE)
    await turn()
    await turn()
    expect(notices).toBe(0)
    expect(addon.send(handle, bytes, there, run, 0, 1)).toBe(1)
    await eventually(() => notices > 0)
    addon.close(receiver)
  })
})

describe.skipIf(!transport)('attaching', () => {
  it('NAT-32 a copy of a descriptor is attached, if it is one of a UDP socket of the family', () => {
    const { fd, socket } = nodeSocket()
    const before = openSockets()
    const handle = addon.attach(fd, 4, () => {}) as Handle
    expect(openSockets()).toBe(before + 1)
    addon.close(handle)
    expect(openSockets()).toBe(before)
    expect(socket.address().address).toBe('127.0.0.1')
    const [EBADF, ENOTSOCK, EAFNOSUPPORT] = [9, 88, 97]
    expect(addon.attach(1_000_000, 4, () => {})).toBe(-EBADF)
    expect(addon.attach(openSync('/dev/null', 'r'), 4, () => {})).toBe(-ENOTSOCK)
    expect(addon.attach(fd, 6, () => {})).toBe(-EAFNOSUPPORT)
    expect(openSockets()).toBe(before)
  })
})

describe.skipIf(!transport)('control messages', () => {
  const SOL_UDP = 17
  const UDP_GRO = 104

  const details = Buffer.alloc(DETAIL_BYTES)
  const strideOf = (control: Uint8Array): number => addon.strideOf(control, details)

  /** One as the kernel writes it: length, level, type, data. */
  function control(
    length: number | bigint,
    level: number,
    type: number,
    stride: number,
  ): Uint8Array {
    const made = Buffer.alloc(24)
    made.writeBigUInt64LE(BigInt(length))
    made.writeInt32LE(level, 8)
    made.writeInt32LE(type, 12)
    made.writeInt32LE(stride, 16)
    return made
  }

  it('NAT-19 a stride is found, also behind another message', () => {
    expect(strideOf(control(20, SOL_UDP, UDP_GRO, 1200))).toBe(1200)
    const two = Buffer.concat([control(20, 1, 40, 7), control(20, SOL_UDP, UDP_GRO, 64)])
    expect(strideOf(two)).toBe(64)
    // Timestamps, addresses and TTL, which a socket that is taken over may be set to give.
    const others = Array.from({ length: 20 }, () => control(20, 1, 40, 7))
    expect(strideOf(Buffer.concat([...others, control(20, SOL_UDP, UDP_GRO, 99)]))).toBe(99)
  })

  it('NAT-19 there is no stride in what is short, unknown, or makes no sense', () => {
    const whole = control(20, SOL_UDP, UDP_GRO, 1200)
    for (let length = 0; length < 20; length++) expect(strideOf(whole.subarray(0, length))).toBe(0)
    for (const [length, level, type, stride] of [
      [0, SOL_UDP, UDP_GRO, 64],
      [16, SOL_UDP, UDP_GRO, 64],
      [19, SOL_UDP, UDP_GRO, 64],
      [2 ** 40, 1, UDP_GRO, 64],
      [2n ** 64n - 1n, SOL_UDP, UDP_GRO, 64],
      [2n ** 63n, SOL_UDP, UDP_GRO, 64],
      [20, 1, UDP_GRO, 64],
      [20, SOL_UDP, 1, 64],
      [20, SOL_UDP, UDP_GRO, 0],
      [20, SOL_UDP, UDP_GRO, -1],
      [20, SOL_UDP, UDP_GRO, 65_536],
    ] as const)
      expect(strideOf(control(length, level, type, stride))).toBe(0)
  })

  /** A control message with data of any length. */
  function message(level: number, type: number, data: Buffer): Uint8Array {
    const made = Buffer.alloc(16 + 8 * Math.ceil(data.length / 8))
    made.writeBigUInt64LE(BigInt(16 + data.length))
    made.writeInt32LE(level, 8)
    made.writeInt32LE(type, 12)
    data.copy(made, 16)
    return made
  }
  const local = (): string => addon.hostOf(details, 0)
  const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

  it('PER-23 details are found in control messages, of IPv4 and IPv6', () => {
    const [, index] = [addon.interfaceOf(1), 1]
    const pktinfo = (spec: string, to: string): Uint8Array =>
      message(0, 8, hex(`01000000 ${spec} ${to}`))
    const [tos, traffic] = [message(0, 1, hex('bb')), message(41, 67, hex('ba000000'))]
    const time = Buffer.alloc(16)
    time.writeBigInt64LE(1_700_000_000n)
    time.writeBigInt64LE(123_456_789n, 8)
    const at = (): number => details.readDoubleLE(40)
    const all = [pktinfo('c0000201', 'c0000201'), tos, message(1, 35, time)]
    for (const order of [all, [...all].reverse()]) {
      expect(strideOf(Buffer.concat([...order, control(20, SOL_UDP, UDP_GRO, 99)]))).toBe(99)
      expect([local(), details.readInt32LE(28), details.readInt32LE(32)]).toEqual([
        '192.0.2.1',
        index,
        4 | 3,
      ])
      expect(at()).toBeCloseTo(1_700_000_000_123.4568, 3)
    }
    // To a broadcast address: the kernel proposes another source.
    strideOf(pktinfo('c0000201', 'c00002ff'))
    expect([local(), details.readInt32LE(32), at()]).toEqual(['192.0.2.255', 0, 0])
    const six = (to: string): Uint8Array => message(41, 50, hex(`${to} 01000000`))
    const flags: [string, string, number][] = [
      ['20010db8 00000000 00000000 00000001', '2001:db8::1', 4 | 2],
      ['fe800000 00000000 00000000 00000001', `fe80::1%${addon.interfaceOf(1)}`, 4 | 2],
      ['ff020000 00000000 00000000 00000001', 'ff02::1', 2],
    ]
    for (const [bytes, text, expected] of flags) {
      strideOf(Buffer.concat([six(bytes), traffic]))
      expect([local(), details.readInt32LE(32)]).toEqual([text, expected])
    }
    const mapped = six('00000000 00000000 0000ffff c0000201')
    for (const [spec, expected] of [
      ['c0000201', 4],
      ['c0000202', 0],
    ] as const)
      for (const order of [0, 1]) {
        const both = [mapped, pktinfo(spec, 'c0000201')]
        strideOf(Buffer.concat(order ? both.reverse() : both))
        expect([local(), details.readInt32LE(32)]).toEqual(['::ffff:192.0.2.1', expected])
      }
    expect(addon.interfaceOf(2 ** 31 - 1)).toBe('')
  })

  it('NAT-19 whatever it is, the parser survives and gives a stride that can be one', () => {
    const piece = fc
      .tuple(
        fc.oneof(
          fc.constantFrom(0, 15, 16, 19, 20, 21, 24, 48, 2 ** 32, 2 ** 52, 2n ** 64n - 1n),
          fc.nat(100),
        ),
        fc.constantFrom(0, 1, SOL_UDP, 41, -1),
        fc.constantFrom(0, 1, 8, 35, 50, 67, 103, UDP_GRO, -1),
        fc.integer(),
      )
      .map((values) => control(...values))
    const made = fc.oneof(
      fc.uint8Array({ maxLength: 48 }),
      fc.array(piece, { maxLength: 2 }).map((pieces) => Buffer.concat(pieces)),
    )
    fc.assert(
      fc.property(made, fc.nat(48), (control, length) => {
        const stride = strideOf(new Uint8Array(control.subarray(0, length)))
        expect(stride >= 0 && stride <= 65_535).toBe(true)
        expect(details.readUInt32LE(32)).toBeLessThan(8)
      }),
      { numRuns: 20_000 },
    )
  })
})

describe.skipIf(!transport)('errors of earlier datagrams', () => {
  const [IP_RECVERR, SO_RCVBUF] = [
    [0, 11, Uint8Array.of(1, 0, 0, 0)],
    [1, 8, Uint8Array.of(0, 9, 0, 0)],
  ] as const

  it('NAT-12 one for which the queue has no room is reported once, and wakes no more', async () => {
    const [closed, dead] = bound()
    addon.close(closed)
    const told: number[] = []
    const [receiver, there] = bound((_, errors) => told.push(errors))
    addon.setOption(receiver, ...SO_RCVBUF)
    addon.setOption(receiver, ...IP_RECVERR)
    const sender = open()
    // Data fills all the room there is, and it is not read.
    for (let i = 0; i < 100; i++)
      addon.send(sender, bytes, there, Int32Array.of(0, 1000, 0, 0, 0, 0), 0, 1)
    // The kernel limits ICMP errors per second, over all sockets.
    let sends = 0
    await eventually(() => {
      if (told.length === 0)
        sends += addon.send(receiver, bytes, dead, Int32Array.of(0, 1, 0, 0, 0, 0), 0, 1)
      return told.length > 0
    })
    for (let i = 0; i < 100; i++) await turn()
    expect(told.length).toBeLessThanOrEqual(sends)
    expect(new Set(told)).toEqual(new Set([1]))
    for (const handle of [receiver, sender]) addon.close(handle)
  })
})

describe.skipIf(!transport)('life', () => {
  it('NAT-21 a socket may be closed inside its notice, and again is refused', async () => {
    let notices = 0
    const [handle, there] = bound(() => {
      notices++
      addon.close(handle)
    })
    const sender = open()
    addon.send(sender, new Uint8Array(4), there, Int32Array.of(0, 4, 0, 0, 0, 0), 0, 1)
    addon.watch(handle, 1)
    await eventually(() => notices > 0)
    await turn()
    expect(notices).toBe(1)
    expect(() => addon.watch(handle, 1)).toThrow(TypeError)
    addon.close(sender)
  })

  it('NAT-21 what is thrown inside a notice is an uncaught exception, as with any event', async () => {
    const worker = new Worker(
      `const addon = require(${JSON.stringify(addonFile())})
       const handle = addon.open(4, () => { throw new Error('in a notice') })
       addon.watch(handle, 2)`,
      { eval: true },
    )
    const error = await new Promise((resolve) => worker.on('error', resolve))
    expect(error).toMatchObject({ message: 'in a notice' })
  })

  it('NAT-21 20 workers that load it, open sockets and are terminated crash nothing, and all descriptors are closed', async () => {
    // In every turn all garbage is collected: unreachable sockets, too.
    const source = `const { parentPort } = require('node:worker_threads')
      require('node:v8').setFlagsFromString('--expose-gc')
      const collect = require('node:vm').runInNewContext('gc')
      const addon = require(${JSON.stringify(addonFile())})
      const READABLE = 1
      const [bytes, names, slots] = [new Uint8Array(65536), new Uint8Array(56), new Int32Array(3)]
      const open = []
      let [received, turns] = [0, 0]
      for (let i = 0; i < 20; i++) {
        const handle = addon.open(4, () => {
          received += addon.receive(handle, bytes, names.subarray(28), slots, 1, new Uint8Array(48))
          collect()
          if (i % 5 === 4) addon.close(handle)
        })
        open.push(handle)
        addon.pack('127.0.0.1', 0, names, 0)
        addon.bind(handle, names)
        addon.nameOf(handle, names)
        addon.watch(handle, i % 4 === 3 ? 0 : READABLE)
        addon.send(handle, bytes, names, Int32Array.of(0, 1, 0, 0, 0, 0), 0, 1)
        for (let unknown = 0; unknown < 3; unknown++) addon.watch(addon.open(4, () => {}), unknown)
      }
      setImmediate(function turn() {
        collect()
        for (let i = 1; i < 20; i += 5) if (turns === i) addon.close(open[i])
        if (++turns < 20 || (received < 15 && turns < 1000)) setImmediate(turn)
        else parentPort.postMessage(received)
      })`
    const descriptors = (): string[] => readdirSync('/proc/self/fd')
    const run = async (stays: boolean): Promise<void> => {
      const worker = new Worker(source, { eval: true })
      let ended = false
      worker.on('exit', () => {
        ended = true
      })
      expect(await once(worker, 'message')).toEqual([15])
      if (stays) {
        // Its sockets keep it alive: it does not end by itself.
        await new Promise((resolve) => setTimeout(resolve, 50))
        expect(ended).toBe(false)
      }
      await worker.terminate()
    }
    await run(true) // what Node.js opens with the first worker stays open
    const before = descriptors()
    for (let round = 0; round < 4; round++)
      await Promise.all(Array.from({ length: 5 }, (_, i) => run(i === 0)))
    await eventually(
      () => descriptors().length <= before.length,
      () => `${descriptors()} are open, and there were ${before}: that they are closed`,
    )
  })

  it('NAT-21 an unreachable socket is closed when it is collected', async () => {
    const before = openSockets()
    for (let i = 0; i < 50; i++) addon.watch(open(), i % 4)
    await eventually(() => {
      liveHeap()
      return openSockets() <= before
    })
  })
})
