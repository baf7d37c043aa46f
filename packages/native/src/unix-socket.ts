import { lstatSync, unlinkSync } from 'node:fs'
import { debug, type UnixOpenOptions } from '@udpng/basic-peer'
import { type Address, MAX_UNIX_PAYLOAD_BYTES } from '@udpng/datagram'
import { PATH_NAME_BYTES } from './addon.js'
import { BatchSocket } from './batch-socket.js'
import { SO_SNDBUF, SOL_SOCKET } from './linux.js'
import { setOption } from './set-option.js'
import type { Shared } from './shared.js'
import { systemError } from './system-error.js'

/** Minimum and maximum time between two tries to send to a socket whose queue is full, milliseconds. */
const MIN_RETRY_MS = 1
const MAX_RETRY_MS = 64

/** A file, whatever its name. */
type FileId = readonly [device: number, inode: number]

/**
 * A Unix datagram socket. Nothing is dropped: while the queue of a receiver is full (net.unix.max_dgram_qlen), the parcel for it waits,
 * and those behind it. The system gives no notice of room in the queue of another socket: poll(2) calls a socket that is not connected
 * always writable. So it tries again after 1 ms, then after twice the time, up to 64 ms, and after 1 ms again once some were sent.
 *
 * A socket file that it has made is removed when it is closed, unless another file has its name by then.
 *
 * @see unix(7); unix_dgram_sendmsg and unix_dgram_poll in net/unix/af_unix.c, Linux 6.12
 */
export class UnixSocket extends BatchSocket {
  readonly address: Address
  /** SO_RCVBUF has no effect on Unix sockets. */
  readonly recvBufferSize: undefined
  readonly #shared: Shared
  readonly #options: UnixOpenOptions
  #file: FileId | undefined
  #retry: NodeJS.Timeout | undefined
  #delayMs = MIN_RETRY_MS
  #keepsAlive = true

  /** @throws the system's error if the socket cannot be opened or bound; then nothing is left open */
  constructor(shared: Shared, options: UnixOpenOptions) {
    super(shared, options, {
      open: (notify) => shared.addon.openUnix(notify),
      syscall: 'socket',
      most: MAX_UNIX_PAYLOAD_BYTES,
      connected: false,
    })
    this.#shared = shared
    this.#options = options
    this.address = this.setUp(() => this.#bind())
  }

  override keepAlive(keeps: boolean): void {
    super.keepAlive(keeps)
    this.#keepsAlive = keeps
    if (keeps) this.#retry?.ref()
    else this.#retry?.unref()
  }

  protected override awaitRoom(): void {
    if (this.#retry) return
    this.#retry = setTimeout(() => this.#tryAgain(), this.#delayMs)
    if (!this.#keepsAlive) this.#retry.unref()
  }

  protected override release(): void {
    clearTimeout(this.#retry)
    const { path } = this.#options
    const file = this.#file
    this.#file = undefined
    if (!file) return
    try {
      if (String(fileAt(path)) === String(file)) unlinkSync(path)
    } catch (error) {
      debug(error) // it is gone already, or not ours to remove any more
    }
  }

  #tryAgain(): void {
    this.#retry = undefined
    const { pending } = this
    if (this.sendRest()) {
      this.#delayMs =
        this.pending < pending ? MIN_RETRY_MS : Math.min(2 * this.#delayMs, MAX_RETRY_MS)
      this.awaitRoom()
    } else {
      this.#delayMs = MIN_RETRY_MS
      this.announceRoom()
    }
  }

  #bind(): Address {
    const { addon } = this.#shared
    const { path, receive, sendBufferSize } = this.#options
    if (sendBufferSize) setOption(addon, this.handle, SOL_SOCKET, SO_SNDBUF, sendBufferSize)
    const name = Buffer.alloc(PATH_NAME_BYTES)
    if (!addon.packPath(path, name, 0)) throw new Error(`${path} is not the path of a socket`)
    // A socket that only sends needs no address; one that receives gets a free abstract one (autobind).
    const bound = path !== '' || receive ? addon.bind(this.handle, name) : 0
    if (bound < 0) throw systemError('bind', -bound, path, 0)
    if (path.startsWith('/')) this.#file = fileAt(path)
    addon.nameOf(this.handle, name)
    return [addon.pathOf(name, 0), 0]
  }
}

function fileAt(path: string): FileId {
  const { dev, ino } = lstatSync(path)
  return [dev, ino]
}
