import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BotColorsProvider } from './features/bot/bot-identity.tsx';
import './index.css';
import { LiveProvider, startLive } from './live/context.tsx';
import { router } from './routes/router.tsx';
import { followSystemTheme } from './ui/theme.ts';
import { HintProvider } from './ui/tooltip.tsx';

const queries = new QueryClient({
  defaultOptions: {
    // Events keep the cache true while the socket lives: nothing grows stale by itself.
    queries: { staleTime: 60_000, retry: 2, refetchOnWindowFocus: false },
  },
});
const live = startLive(queries);
followSystemTheme();

const element = document.querySelector('#root');
if (!element) throw new Error('The page has no #root.');
createRoot(element).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <LiveProvider live={live}>
        <HintProvider delayDuration={300}>
          <BotColorsProvider>
            <RouterProvider router={router} />
          </BotColorsProvider>
        </HintProvider>
      </LiveProvider>
    </QueryClientProvider>
  </StrictMode>,
);
