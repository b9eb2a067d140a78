import { defineGuardian } from '../define.ts'
import { checks } from './registry.ts'

export const credentials = defineGuardian('credentials', {
  title: { en: 'Keys, secrets and certificates', ja: '鍵・シークレット・証明書' },
  checks,
})
