export { ConsoleEchoer, type ConsoleEchoerOptions } from './console-echoer.js'
export { ConsoleReader, type ConsoleReaderOptions } from './console-reader.js'
export { printable, printableJson, printableLine } from './printable.js'
export { shortened } from './shortened.js'
