"""How hard the tests look: a little and always alike in every run, a lot and at random in `make long`."""

from hypothesis import settings

settings.register_profile("short", deadline=None, max_examples=25, derandomize=True)
settings.register_profile("long", deadline=None, max_examples=1_500)
settings.load_profile("short")
