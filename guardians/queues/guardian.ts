import { defineGuardian } from '../define.ts'
import { checks } from './registry.ts'

export const queues = defineGuardian('queues', {
  title: { en: 'Queues and event rules', ja: 'キューとイベントルール' },
  checks,
})
