import { describeChatVendor } from '../../../test/conformance/chat.ts';
import { startFakeGemini } from '../../../test/support/fake-llm/gemini.ts';
import { createGeminiVendor } from './gemini-vendor.ts';

describeChatVendor('gemini', {
  create: createGeminiVendor,
  start: startFakeGemini,
  words: { length: 'MAX_TOKENS', filter: 'SAFETY' },
});
