import { indexCatalog } from '../catalog/catalog.ts'
import { configSchema } from '../catalog/schema.ts'
import { systemClock } from '../clock.ts'
import { silentLog } from '../log.ts'
import { createApi, type Feature } from './app.ts'
import { documentOf } from './document.ts'
import type { ApiPorts } from './ports.ts'

/** The OpenAPI document of an API with these features: made from the routes alone, with nothing behind them. */
export function openapi(features: readonly Feature[]): object {
  const nothing = new Proxy({}, { get: () => () => undefined })
  const inert: ApiPorts = {
    catalog: indexCatalog(configSchema.parse({})),
    journal: nothing as ApiPorts['journal'],
    status: nothing as ApiPorts['status'],
    clock: systemClock,
    log: silentLog,
    tokens: nothing as ApiPorts['tokens'],
    commands: nothing as ApiPorts['commands'],
    ingest: async () => [],
    beat: () => undefined,
    agentReport: async () => undefined,
    boardFolder: null,
    version: '',
  }
  return documentOf(createApi(inert, { features }))
}
