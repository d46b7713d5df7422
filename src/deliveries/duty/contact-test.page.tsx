import { Page, renderPage } from '../../infra/http/page';
import type { ContactLanguage } from '../deliveries.entity';

const TEXTS: Readonly<
  Record<
    ContactLanguage,
    { readonly title: string; readonly ask: string; readonly button: string; readonly done: string }
  >
> = {
  en: {
    title: 'Test of your contact point',
    ask: 'Press the button if you read this at the contact point. That is all.',
    button: 'We are here',
    done: 'Thank you. The contact point has answered.',
  },
  fr: {
    title: 'Essai de votre point de contact',
    ask: 'Appuyez sur le bouton si vous lisez ceci au point de contact. C’est tout.',
    button: 'Nous sommes là',
    done: 'Merci. Le point de contact a répondu.',
  },
  de: {
    title: 'Test Ihrer Kontaktstelle',
    ask: 'Drücken Sie auf den Knopf, wenn Sie dies an der Kontaktstelle lesen. Das ist alles.',
    button: 'Wir sind da',
    done: 'Danke. Die Kontaktstelle hat geantwortet.',
  },
};

/** A page with one button, without JavaScript: a scanner that follows the link of the mail answers nothing. */
export function renderContactTest(lang: ContactLanguage, isAnswered: boolean): string {
  const t = TEXTS[lang];
  return renderPage(
    <Page title={t.title} lang={lang}>
      <h1>{t.title}</h1>
      {isAnswered ? (
        <p>{t.done}</p>
      ) : (
        <form method="post">
          <p>{t.ask}</p>
          <button type="submit">{t.button}</button>
        </form>
      )}
    </Page>,
  );
}
