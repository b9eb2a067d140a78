import { defineGuardian } from '../define.ts'
import { checks } from './registry.ts'

export const quota = defineGuardian('quota', {
  title: { en: 'Quotas', ja: 'クォータ' },
  checks,
})
