import { describeChatVendor } from '../../../test/conformance/chat.ts';
import { startFakeOpenAi } from '../../../test/support/fake-llm/openai.ts';
import { createOpenAiVendor } from './openai-vendor.ts';

const words = { length: 'length', filter: 'content_filter' };
describeChatVendor('openai', { create: createOpenAiVendor, start: startFakeOpenAi, words });
describeChatVendor('openai, streaming', {
  create: (options) => createOpenAiVendor({ ...options, streams: true }),
  start: startFakeOpenAi,
  words,
});
