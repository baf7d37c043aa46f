import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { eventually, liveHeap, openSockets } from 'test-support'
import { describe, expect, it } from 'vitest'
import {
  type Addon,
  type Handle,
  NAME_BYTES,
  READABLE,
  ROW_INTS,
  SLOT_BYTES,
  SLOT_INTS,
} from '../src/addon.js'
import { ERRNO, type FaultyAddon, faultyAddon, strike } from './faults/faulty.js'
import { nodeSocket } from './node-socket.js'

const found = faultyAddon()
const addon = found as FaultyAddon

/** What came of something that was done again and again while the addon was refused help. */
interface Walk<T> {
  /** What was refused: one each time. */
  readonly refused: readonly string[]
  /** What came of it each time. */
  readonly outcomes: readonly T[]
  /** And once nothing was refused any more. */
  readonly last: T
}

/**
 * Does something again and again. From `begin` on, the first time, the first help that the addon asks for is refused; the
 * second time, the second; and so on until it asks for no more.
 */
async function walk<T>(act: (begin: () => void) => T | Promise<T>): Promise<Walk<T>> {
  const refused: string[] = []
  const outcomes: T[] = []
  for (let n = 1; n < 1000; n++) {
    const outcome = await act(() => strike(`help,any,${n},${n},1`))
    strike()
    const failed = addon.failed()
    if (failed === '') return { refused, outcomes, last: outcome }
    refused.push(failed)
    outcomes.push(outcome)
  }
  throw new Error('there is no end to it')
}

/** What a function of the addon returns, or "throws". */
function outcomeOf(call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    return error instanceof TypeError ? 'throws' : error
  }
}

function open(notify: (events: number, errors: number) => void = () => {}): Handle {
  const handle = addon.open(4, notify)
  if (typeof handle === 'number') throw new Error(`no socket: ${handle}`)
  return handle
}

/** Waits until no more is held than before: some is given back in a later turn, some when it is garbage. */
function givenBack(before: number): Promise<void> {
  return eventually(
    () => {
      liveHeap()
      return addon.held() === before
    },
    () => `${addon.held()} things are held, and there were ${before}: that they are given back`,
  )
}

describe.skipIf(!found)('when help is refused', () => {
  const bytes = new Uint8Array(SLOT_BYTES)
  const names = new Uint8Array(NAME_BYTES)
  const rows = new Int32Array(ROW_INTS)
  const slots = new Int32Array(SLOT_INTS)
  const refusal = expect.toBeOneOf(['throws', -ERRNO.ENOMEM])

  it('NAT-18 all that the addon asks for can be refused here', () => {
    const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8')
    const [source, faults] = [read('../addon/udpng.c'), read('faults/faults.c')]
    const asked = source.match(/\b(napi|uv|calloc|malloc|realloc|strdup)\w*(?=\()/g) ?? []
    const cannotFail =
      /uv_(close|ref|unref|handle_\w+)|napi_(async_destroy|delete_reference|remove_\w+)/
    const afterAFailure = /napi_(close_handle_scope|\w+_error|\w*exception\w*)/
    const left = asked.filter((name) => !faults.includes(`#define ${name}`))
    expect(left.filter((name) => !cannotFail.test(name) && !afterAFailure.test(name))).toEqual([])
  })

  it.each([
    ['opened', [], (): unknown => addon.open(4, () => {})],
    ['attached', ['napi_get_value_double'], (fd: number): unknown => addon.attach(fd, 4, () => {})],
  ] as const)(
    'NAT-18 while a socket is %s: it throws or says so, and leaves no descriptor and no memory',
    async (_, more, open) => {
      const { fd } = nodeSocket()
      const [sockets, held] = [openSockets(), addon.held()]
      const { refused, outcomes, last } = await walk((begin) => {
        begin()
        const opened = outcomeOf(() => open(fd))
        strike()
        if (typeof opened === 'object') addon.close(opened as Handle)
        return [typeof opened === 'object' ? 'open' : opened, openSockets()]
      })
      expect(last).toEqual(['open', sockets])
      expect(outcomes).toEqual(outcomes.map(() => [refusal, sockets]))
      expect(refused).toEqual([
        'napi_get_cb_info',
        'napi_get_value_double',
        ...more,
        'napi_typeof',
        'napi_get_uv_event_loop',
        'calloc',
        'calloc',
        'uv_poll_init',
        'napi_create_reference',
        'napi_create_string_utf8',
        'napi_async_init',
        'napi_add_async_cleanup_hook',
        'napi_create_object',
        'napi_wrap',
        'napi_type_tag_object',
        'uv_poll_start',
      ])
      await givenBack(held)
    },
  )

  it('NAT-18 while it is loaded: loading throws, and leaves no memory', async () => {
    const held = addon.held()
    const source = `const { parentPort } = require('node:worker_threads')
      try {
        require(${JSON.stringify(addon.file)})
        parentPort.postMessage('loaded')
      } catch (error) {
        parentPort.postMessage(error.message)
      }`
    const { refused, outcomes, last } = await walk(async (begin) => {
      begin()
      const worker = new Worker(source, { eval: true })
      const [[said]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')])
      return said
    })
    expect(outcomes).toEqual(outcomes.map(() => 'out of memory'))
    expect(last).toBe('loaded')
    expect([...new Set(refused)]).toEqual([
      'calloc',
      'napi_set_instance_data',
      'napi_create_function',
      'napi_set_named_property',
    ])
    await givenBack(held)
  })

  const handle = found ? open() : undefined
  const calls: Partial<Record<keyof Addon, readonly unknown[]>> = {
    watch: [handle, 0],
    bind: [handle, names],
    nameOf: [handle, names],
    setOption: [handle, 1, 8, Uint8Array.of(0, 16, 0, 0)],
    getOption: [handle, 1, 8, new Uint8Array(4)],
    pack: ['127.0.0.1', 9, names, 0],
    hostOf: [names, 0],
    packPath: ['/run/x', new Uint8Array(112), 0],
    pathOf: [new Uint8Array(112), 0],
    send: [handle, bytes, names, rows, 0, 1],
    receive: [handle, bytes, names, slots, 1, new Uint8Array(48)],
    strideOf: [new Uint8Array(8), new Uint8Array(48)],
    interfaceOf: [1],
    refusals: [handle, names, new Int32Array(1)],
    close: [handle],
  }
  it.each(Object.entries(calls))('NAT-18 in %s: it throws or says so', async (name, args) => {
    const call = addon[name as keyof Addon] as (...args: readonly unknown[]) => unknown
    const { refused, outcomes, last } = await walk((begin) => {
      begin()
      return outcomeOf(() => call(...args))
    })
    expect(refused[0]).toBe('napi_get_cb_info')
    expect(outcomes).toEqual(outcomes.map(() => refusal))
    expect(last).not.toEqual(refusal)
  })

  it('NAT-18 NAT-21 while a notice is given: it is given later', async () => {
    const there = names.slice()
    addon.pack('127.0.0.1', 0, there, 0)
    let notices = 0
    const receiver = open((events) => {
      notices += events & READABLE
    })
    // The error queue is also where the kernel reports the time at which a datagram left, on request.
    const [SO_TIMESTAMPING, SCHEDULED] = [37, Uint8Array.of(0, 1, 0, 0)]
    expect(addon.setOption(receiver, 1, SO_TIMESTAMPING, SCHEDULED)).toBe(0)
    addon.bind(receiver, there)
    addon.nameOf(receiver, there)
    const { refused } = await walk(async (begin) => {
      notices = 0
      addon.send(receiver, bytes, there, Int32Array.of(0, 1, 0, 0, 0, 0), 0, 1)
      addon.watch(receiver, READABLE)
      begin()
      await eventually(() => notices > 0)
    })
    addon.close(receiver)
    expect(refused).toEqual([
      'uv_poll_start',
      'napi_open_handle_scope',
      'napi_get_reference_value',
      'napi_get_global',
      'napi_create_int32',
      'napi_create_int32',
      'napi_make_callback',
    ])
  })
})
