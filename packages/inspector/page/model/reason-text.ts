/** Why a message or a datagram was dropped, in words, for the reasons that have some; else the reason itself, a system's code say. */
export function reasonText(reason: string): string {
  switch (reason) {
    case 'kernelDrops':
      return 'dropped by the kernel'
    case 'readBufferFull':
      return 'read buffer full'
    case 'inboxFull':
      return 'inbox full'
    case 'unlinked':
      return 'no inbox linked'
    case 'unread':
      return 'not read before the end'
    case 'unsent':
      return 'not sent before the end'
    case 'foreign':
      return 'not from the receiver'
    case 'lookupQueueFull':
      return 'look-up queue full'
    case 'noRoom':
      return 'no room for a session'
    case 'sessionFull':
      return 'session full'
    default:
      return reason
  }
}
