import { join } from 'node:path'
import { runInNamespace } from '@udpng/transport-tests'

await runInNamespace(join(import.meta.dirname, 'namespace'))
