import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  createAll,
} from "govuk-frontend";
import { lookUp } from "./lookup.js";

createAll(Button, { preventDoubleClick: true });
[
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
].forEach((component) => createAll(component));

document.querySelectorAll("[data-module=portal-lookup]").forEach(lookUp);

// Browsers that cannot style the inside of a closed <details> get the filters opened where there is room.
if (!CSS.supports("selector(::details-content)") && matchMedia("(min-width: 48.0625em)").matches) {
  document.querySelectorAll(".portal-filters").forEach((filters) => {
    filters.open = true;
  });
}
