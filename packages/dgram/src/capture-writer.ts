import { AsyncResource } from 'node:async_hooks'
import { Buffer } from 'node:buffer'
import { constants, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { setTimeout } from 'node:timers'
import { type CapturedDatagram, pcapRecord } from '@udpng/datagram/pcap'
import type { RecordStats } from './reporting-channel.js'

/** Maximum number of bytes that wait to be written together. */
const MAX_BYTES = 65_536
/** Maximum time for which they wait, milliseconds. */
const MAX_WAIT_MS = 1000

/**
 * Appends datagrams to a capture file. Each write has whole records, so several processes and threads can append to one file. Datagrams
 * that cannot be written are counted; the first failure is reported. Nothing is thrown, and the process is not kept alive.
 */
export class CaptureWriter {
  readonly #path: string
  readonly #complain: (why: string) => void
  /** The asynchronous context in which it was created, which is not that of the program's sends. */
  readonly #context = new AsyncResource('udpng')
  readonly #stats = { written: 0, failed: 0 }
  #fd: number | undefined
  #isOpened = false
  #hasComplained = false
  /** Records to be written, and their bytes. */
  #records: Uint8Array[] = []
  #bytes = 0
  #isScheduled = false

  /**
   * @param path - a file that exists and begins with `pcapHeader()`
   * @param complain - called with the first failure
   */
  constructor(path: string, complain: (why: string) => void) {
    this.#path = path
    this.#complain = complain
  }

  /** What became of the datagrams; those that wait are in none of the counts. */
  get stats(): RecordStats {
    return { ...this.#stats }
  }

  /** Opens the file: early, as a program may later give up the permission. */
  open(): void {
    if (this.#isOpened) return
    this.#isOpened = true
    try {
      this.#fd = openSync(this.#path, constants.O_WRONLY | constants.O_APPEND)
    } catch (error) {
      this.#fail(0, error)
    }
  }

  /** Adds a datagram; it is written at the latest after a second, or with the next `flush`. */
  add(datagram: CapturedDatagram): void {
    const record = this.#recordOf(datagram)
    if (!record) return
    if (this.#bytes + record.length > MAX_BYTES) this.flush()
    this.#records.push(record)
    this.#bytes += record.length
    if (this.#bytes >= MAX_BYTES) this.flush()
    else this.#schedule()
  }

  /** Writes what was added. */
  flush(): void {
    const records = this.#records
    if (records.length === 0) return
    this.#records = []
    this.#bytes = 0
    this.open()
    if (this.#fd === undefined) {
      this.#stats.failed += records.length
      return
    }
    this.#write(this.#fd, records)
  }

  #recordOf(datagram: CapturedDatagram): Uint8Array | undefined {
    try {
      return pcapRecord(datagram)
    } catch (error) {
      this.#fail(1, error)
      return undefined
    }
  }

  #write(fd: number, records: readonly Uint8Array[]): void {
    const data = Buffer.concat(records)
    let size = 0
    let done = 0
    try {
      size = fstatSync(fd).size
      // A write may be short: if the disk is full, the next one says so.
      while (done < data.length) done += writeSync(fd, data, done)
      this.#stats.written += records.length
    } catch (error) {
      const [whole, bytes] = wholeRecords(records, done)
      this.#stats.written += whole
      if (done > bytes) cut(fd, size + done, size + bytes)
      this.#fail(records.length - whole, error)
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    const flush = (): void => {
      this.#isScheduled = false
      this.flush()
    }
    this.#context.runInAsyncScope(() => setTimeout(flush, MAX_WAIT_MS).unref())
  }

  #fail(count: number, error: unknown): void {
    this.#stats.failed += count
    if (this.#hasComplained) return
    this.#hasComplained = true
    try {
      this.#complain((error as Error).message)
    } catch {
      // A program may have replaced what it writes with.
    }
  }
}

/** The records that fit into a number of bytes: how many, and their bytes. */
function wholeRecords(
  records: readonly Uint8Array[],
  limit: number,
): [count: number, bytes: number] {
  let [count, bytes] = [0, 0]
  for (const { length } of records) {
    if (bytes + length > limit) break
    count++
    bytes += length
  }
  return [count, bytes]
}

/** Cuts off a record that was written in part, unless another process has appended to the file. */
function cut(fd: number, size: number, wanted: number): void {
  try {
    if (fstatSync(fd).size === size) ftruncateSync(fd, wanted)
  } catch {
    // It stays: readers report a file that ends within a record.
  }
}
