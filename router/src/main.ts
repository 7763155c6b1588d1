import { runProcess } from '@cnop/kit/run'
import { startRouter } from './start.ts'

await runProcess(process, () => startRouter(process.env))
