from astro_core.domain import Person
from astro_core.workflows.review_queues import start_review

ADA = Person(name="Ada")


def test_queues_of_the_same_name_are_told_apart(space, make_survey, open_page):
    survey = make_survey("pictures", 24)
    made = [
        start_review(space, survey, [f"pictures-00{i}"], made_by=ADA, name="Odd") for i in range(3)
    ]
    for queue_id in made:
        test = open_page(
            "review.py", session={"who:name": "Ada"}, dataset="pictures", queue=queue_id
        )
        box = next(b for b in test.selectbox if b.label == "Queue")
        assert len(set(box.options)) == 3
        assert box.value == queue_id
        test.run()
        assert test.query_params["queue"] in (queue_id, [queue_id])
