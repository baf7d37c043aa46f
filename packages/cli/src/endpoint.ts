import { type Address, isPort, kindOfHost } from '@udpng/basic-peer'
import { InvalidArgumentError } from 'commander'

/** Reads `HOST:PORT`, `:PORT` (the host is then `anyHost`) or `[IPV6]:PORT`. */
export function endpoint(anyHost: string): (text: string) => Address {
  return (text) => {
    const [, brackets, plain, digits] = /^(?:\[(.+)\]|([^[\]:]*)):(\d{1,5})$/.exec(text) ?? []
    const host = brackets ?? plain
    const port = Number(digits)
    if (host === undefined || !isPort(port) || (host !== '' && kindOfHost(host) === undefined))
      throw new InvalidArgumentError('It must be HOST:PORT, :PORT or [IPV6]:PORT.')
    return [host || anyHost, port]
  }
}
