import { runService } from '@cnop/kit/run'
import { loadOrderConfig } from './config.ts'
import { createOrder } from './server.ts'

await runService({ name: 'order', load: loadOrderConfig, create: createOrder }, process)
