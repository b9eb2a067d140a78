import type { PagerConfig } from '../../core/catalog/schema-people.ts'
import type { Pager, PagerPorts } from './define.ts'
import { execPager } from './exec.ts'
import { logPager } from './log.ts'
import { pagerDuty } from './pagerduty.ts'
import { smtpPager } from './smtp.ts'
import { webhookPager } from './webhook.ts'

export function openPager(config: PagerConfig, ports: PagerPorts): Pager {
  switch (config.kind) {
    case 'log':
      return logPager(config, ports)
    case 'webhook':
      return webhookPager(config, ports)
    case 'exec':
      return execPager(config, ports)
    case 'pagerduty':
      return pagerDuty(config, ports)
    case 'smtp':
      return smtpPager(config, ports)
  }
}

/** A name for each that stays the same when others come or go: `smtp`, `webhook`, `webhook-2`. */
export function keysOf(pagers: readonly Pick<Pager, 'kind'>[]): string[] {
  const seen = new Map<string, number>()
  return pagers.map(({ kind }) => {
    const n = (seen.get(kind) ?? 0) + 1
    seen.set(kind, n)
    return n === 1 ? kind : `${kind}-${n}`
  })
}
