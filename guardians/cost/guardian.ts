import { defineGuardian } from '../define.ts'
import { checks } from './registry.ts'

export const cost = defineGuardian('cost', {
  title: { en: 'Costs and owners', ja: 'コストと所有者' },
  checks,
})
