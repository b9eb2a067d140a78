import { modeOf } from '../core/catalog/modes.ts'
import type { Guard } from './guards.ts'

/**
 * How free the runbook is here. Asked last: what it refuses, all the others would have allowed. `approval` asks a person instead of
 * refusing; `shadow` acts on nothing.
 */
export const mode: Guard = ({ catalog, component, runbook }) => {
  switch (modeOf(catalog.config, component, runbook.id)) {
    case 'automatic':
      return null
    case 'approval':
      return { code: 'approval', reason: `${runbook.id} needs an approval on ${component.id}`, final: false, approval: true }
    case 'shadow':
      return { code: 'shadow', reason: `${runbook.id} only watches on ${component.id} (shadow mode)`, final: false }
  }
}
