import { defineGuardian } from '../define.ts'
import { checks } from './registry.ts'

export const logs = defineGuardian('logs', {
  title: { en: 'Logs that cost or vanish', ja: 'ログの費用と保存期間' },
  checks,
})
