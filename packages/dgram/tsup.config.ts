import { library } from '../../tsup.base.ts'

export default library(['impair', 'record', 'register', 'samples'])
