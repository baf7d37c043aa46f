// `require` of packages that are ES modules, as TypeScript sees it. It is never run.
import core = require('@udpng/core')
import udpng = require('udpng')

const outbox: udpng.Outbox<string> = new core.Outbox<string>('Text')
export = outbox
