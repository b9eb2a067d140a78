import type { HttpBindings } from '@hono/node-server'
import type { ApiRole } from './ports.ts'

export interface Who {
  name: string
  role: ApiRole
  by: 'bearer' | 'cookie'
}

export interface ApiEnv {
  Variables: { who: Who; bodyText: string }
  /** Absent under `app.request()`; `closing` aborts when the server closes, so that streams end. */
  Bindings: Partial<HttpBindings> & { closing?: AbortSignal }
}
