import { defineGuardian } from '../define.ts'
import { checks } from './registry.ts'

export const consistency = defineGuardian('consistency', {
  title: { en: 'Stores that must agree', ja: '一致すべきストア' },
  checks,
})
