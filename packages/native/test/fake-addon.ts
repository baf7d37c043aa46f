import {
  type Addon,
  type Handle,
  NAME_BYTES,
  type Notify,
  PATH_NAME_BYTES,
  ROW_INTS,
  SLOT_BYTES,
  SLOT_INTS,
} from '../src/addon.js'

/** A packet in the receive buffer; the kernel coalesced it if it has a stride. */
export interface Packet {
  readonly data: string
  readonly stride?: number
  readonly port?: number
  readonly truncated?: boolean
}

/** A message that was sent, and what the kernel was to do with it. */
export interface Message {
  readonly data: string
  readonly segment: number
  readonly port: number
}

/** A kernel of one socket, as the addon shows it, which does what a test says. */
export class FakeAddon implements Addon {
  /** What is waiting to be read. A number is the error that a read meets. */
  readonly queue: (Packet | number)[] = []
  readonly sent: Message[] = []
  /** What the next messages meet: 0, or an errno; then all are sent. */
  readonly fates: number[] = []
  /** Reports in the error queue. */
  reports = 0
  /** Whether the next `send` meets one. */
  meetsReports = false
  drops = 0
  /** What `setOption` and `bind` return, by name; 0 otherwise. */
  readonly results: Record<string, number> = {}
  /** The calls that tests look at, in order. */
  readonly calls: string[] = []
  opened = 0
  #notify: Notify = () => {}

  /** The loop says that the socket is readable (1) or writable (2), or that it has reports. */
  notify(events: number, refusals = 0): void {
    this.#notify(events, refusals)
  }

  /** The calls since this was asked last. */
  take(): string[] {
    return this.calls.splice(0)
  }

  open(_: 4 | 6, notify: Notify): Handle | number {
    const result = this.results['open'] ?? 0
    if (result < 0) return result
    this.#notify = notify
    this.opened++
    return {} as Handle
  }
  openUnix(notify: Notify): Handle | number {
    return this.open(4, notify)
  }
  adopt(): Handle | number {
    return {} as Handle
  }
  attach(_: number, family: 4 | 6, notify: Notify): Handle | number {
    return this.open(family, notify)
  }
  close(): void {
    this.opened--
    this.calls.push('close')
  }
  keepAlive(_: Handle, keeps: 0 | 1): void {
    this.calls.push(`keepAlive ${keeps}`)
  }
  watch(_: Handle, events: number): number {
    this.calls.push(`watch ${events}`)
    return 0
  }
  bind(): number {
    return this.results['bind'] ?? 0
  }
  connect(): number {
    return this.results['connect'] ?? 0
  }
  nameOf(_: Handle, name: Uint8Array): number {
    Buffer.from(name.buffer, name.byteOffset).writeUInt16BE(4321, 2)
    return 0
  }
  setOption(_: Handle, level: number, option: number, bytes: Uint8Array): number {
    if (level === 17) this.calls.push(`option ${option} ${Buffer.from(bytes).toString('hex')}`)
    return this.results[`option ${option}`] ?? 0
  }
  getOption(_: Handle, __: number, option: number, bytes: Uint8Array): number {
    if (option === 55) Buffer.from(bytes.buffer, bytes.byteOffset).writeUInt32LE(this.drops, 32)
    return bytes.length
  }
  pack(host: string, port: number, names: Uint8Array, at: number): boolean {
    const name = Buffer.from(names.buffer, names.byteOffset + at * NAME_BYTES, NAME_BYTES).fill(0)
    name.writeUInt16LE(2)
    name.writeUInt16BE(port, 2)
    return !host.includes('%')
  }
  hostOf(): string {
    return '127.0.0.1'
  }
  packPath(path: string, names: Uint8Array, at: number): boolean {
    const name = Buffer.from(names.buffer, names.byteOffset + at * PATH_NAME_BYTES, PATH_NAME_BYTES)
    name.fill(0).write(path, 2)
    return true
  }
  pathOf(names: Uint8Array, at: number): string {
    const name = Buffer.from(names.buffer, names.byteOffset + at * PATH_NAME_BYTES, PATH_NAME_BYTES)
    return name.toString('utf8', 2).replace(/\0.*/s, '')
  }
  send(
    _: Handle,
    bytes: Uint8Array,
    names: Uint8Array,
    rows: Int32Array,
    first: number,
    count: number,
  ): number {
    this.calls.push(`send ${count}`)
    const report = (done: number): number => {
      const met = this.meetsReports
      this.meetsReports = false
      return met ? ~done : done
    }
    for (let row = first; row < count; row++) {
      const [offset = 0, length = 0, segment = 0, name = 0] = rows.subarray(row * ROW_INTS)
      const errno = this.fates.shift() ?? 0
      rows[row * ROW_INTS + 4] = errno
      // What cannot be sent now, and a message that cannot be cut, end the run.
      if (errno === 11 || (errno > 0 && segment > 0)) return report(row)
      if (errno > 0) continue
      this.sent.push({
        data: Buffer.from(bytes.subarray(offset, offset + length)).toString(),
        segment,
        port: Buffer.from(names.buffer).readUInt16BE(name * NAME_BYTES + 2),
      })
    }
    return report(count)
  }
  receive(
    _: Handle,
    bytes: Uint8Array,
    names: Uint8Array,
    slots: Int32Array,
    count: number,
  ): number {
    this.calls.push(`receive ${count}`)
    for (let slot = 0; slot < count; slot++) {
      const next = this.queue.shift()
      if (next === undefined) return slot > 0 ? slot : -11 // EAGAIN
      if (typeof next === 'number') {
        if (slot === 0) return -next
        this.queue.unshift(next)
        return slot
      }
      const { data, stride = 0, port = 9, truncated = false } = next
      bytes.set(Buffer.from(data), slot * SLOT_BYTES)
      Buffer.from(names.buffer).writeUInt16BE(port, slot * NAME_BYTES + 2)
      slots.set([data.length, stride, truncated ? 1 : 0], slot * SLOT_INTS)
    }
    return count
  }
  strideOf(): number {
    return 0
  }
  interfaceOf(): string {
    return 'lo'
  }
  refusals(_: Handle, name: Uint8Array, numbers: Int32Array): number {
    this.calls.push('refusals')
    const met = (numbers[0] as number) === 111 ? 1 : 0 // ECONNREFUSED
    const count = this.reports + met
    this.reports = 0
    if (count > 0) {
      this.pack('127.0.0.1', 7, name, 0)
      numbers[0] = 111
    }
    return count
  }
}
